@NullMarked
package dev.levitstream.nn.engine;

import org.jspecify.annotations.NullMarked;
