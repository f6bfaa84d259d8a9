/** Methods that replay images from a memory, with one network and no components. */
@NullMarked
package dev.levitstream.learner.replay;

import org.jspecify.annotations.NullMarked;
