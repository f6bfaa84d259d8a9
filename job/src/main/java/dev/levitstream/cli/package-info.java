/** The command line {@code levit-stream}: demo, run, publish, watch, bench. */
@NullMarked
package dev.levitstream.cli;

import org.jspecify.annotations.NullMarked;
