/**
 * The command line {@code levit-stream}: demo, run, publish, watch, bench. What {@code bench speed --kafka} and
 * {@code --slots} compare ({@link dev.levitstream.cli.Contestant}) lies here, for it starts the job and publishes as
 * the commands do.
 */
@NullMarked
package dev.levitstream.cli;

import org.jspecify.annotations.NullMarked;
