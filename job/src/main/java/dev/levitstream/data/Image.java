package dev.levitstream.data;

import dev.levitstream.picture.PictureSize;
import dev.levitstream.schema.Encoding;

/**
 * An image in memory.
 *
 * @param size upright where it is an encoded picture
 * @param encoding of its bytes
 * @param bytes H W C unsigned bytes if it is {@link Encoding#RAW}, else a whole file
 */
@SuppressWarnings("ArrayRecordComponent") // borrowed, and never compared
public record Image(PictureSize size, Encoding encoding, byte[] bytes) {}
