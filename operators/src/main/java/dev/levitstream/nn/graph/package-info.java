@NullMarked
package dev.levitstream.nn.graph;

import org.jspecify.annotations.NullMarked;
