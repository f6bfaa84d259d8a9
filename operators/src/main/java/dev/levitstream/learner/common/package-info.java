/**
 * Parts that methods share: components and their updates, the replay memory, labels, budgets, and how state is written.
 * Knows the contract and the networks, no method.
 */
@NullMarked
package dev.levitstream.learner.common;

import org.jspecify.annotations.NullMarked;
