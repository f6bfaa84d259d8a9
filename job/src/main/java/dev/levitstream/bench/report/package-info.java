/** Finished runs as CSV, Markdown and one HTML page; comparisons of two series of runs. */
@NullMarked
package dev.levitstream.bench.report;

import org.jspecify.annotations.NullMarked;
