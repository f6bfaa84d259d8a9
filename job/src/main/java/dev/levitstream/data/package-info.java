/** Images to publish: standard data sets, folders of pictures, and a stream that draws itself. */
@NullMarked
package dev.levitstream.data;

import org.jspecify.annotations.NullMarked;
