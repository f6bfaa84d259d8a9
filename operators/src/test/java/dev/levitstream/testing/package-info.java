/** Hand-written helpers of the tests. */
@NullMarked
package dev.levitstream.testing;

import org.jspecify.annotations.NullMarked;
