/**
 * The networks of one component and what runs them. {@link dev.levitstream.nn.model.Program} is the way in.
 *
 * <p>Why one flat vector per component: one array to copy, to update and to store, whatever the network looks like.
 *
 * <p>Weights that narrow lie column by column ({@code Layers}): that saves a twentieth of an update and costs a
 * twentieth of a prediction.
 *
 * <p>Why attention stays inside one image (ambiguity A5): the sibling code of the authors lets all patches of a batch
 * attend to each other, so that an answer depends on its batch mates. Here no bit of it does.
 */
@NullMarked
package dev.levitstream.nn.model;

import org.jspecify.annotations.NullMarked;
