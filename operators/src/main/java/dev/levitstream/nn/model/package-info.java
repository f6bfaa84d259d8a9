@NullMarked
package dev.levitstream.nn.model;

import org.jspecify.annotations.NullMarked;
