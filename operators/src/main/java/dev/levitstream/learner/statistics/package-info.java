/**
 * Methods that keep nothing but sums over fixed features: exact, whatever the order of images, without images in memory
 * and without updates. They are the control for whatever learns more.
 */
@NullMarked
package dev.levitstream.learner.statistics;

import org.jspecify.annotations.NullMarked;
