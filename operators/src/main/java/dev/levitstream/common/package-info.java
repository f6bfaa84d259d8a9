/** The few things that every package here needs: argument checks, the size of an image, reproducible randomness. */
@NullMarked
package dev.levitstream.common;

import org.jspecify.annotations.NullMarked;
