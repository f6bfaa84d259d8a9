/**
 * Pictures of any format and size, exact or refused: a file becomes the H W C bytes of an image, or a
 * {@link dev.levitstream.picture.PictureException} says why not. Nothing is guessed, repaired or filled up.
 *
 * <p>A picture is told by its first bytes and walked ({@link dev.levitstream.picture.Structure}), which checks it and
 * leaves what its samples need; then those are decoded and nothing else ({@link dev.levitstream.picture.Rows}), a PNG
 * here, the others by readers of the JDK and of TwelveMonkeys ({@link dev.levitstream.picture.StrictReader}); then come
 * area averaging ({@link dev.levitstream.picture.AreaAverage}), colour and orientation, in whole numbers
 * ({@link dev.levitstream.picture.Fitting}). The rules, one for all formats that have the thing:
 *
 * <ul>
 *   <li><b>Format:</b> the first bytes decide; a PNG in a record that says JPEG, or the reverse, is refused.
 *   <li><b>Size:</b> a record may declare rows and columns, those of the upright picture. How another size becomes that
 *       of the image {@link dev.levitstream.picture.Fit} says. Luma and chroma of a JPEG are averaged before they
 *       become colours, which differs from averaging colours by rounding and clipping alone.
 *   <li><b>Damage:</b> a warning of a reader, a wrong checksum (chunks and data of a PNG), data that is missing or left
 *       over, a cut segment, chunk, strip or row, an index outside the palette: refused. A JPEG, a lossy WebP and a fax
 *       code have no checksum, so a byte that changed in them may go unnoticed.
 *   <li><b>End:</b> a JPEG without its EOI marker is decoded if all pixels are there. They are, if every coefficient of
 *       every component has come to its last bit, and the decoder never asked for a bit that was missing. A PNG must
 *       have its IEND, a WebP the length that it declares. Bytes behind the end, a second picture too, are ignored.
 *   <li><b>Alpha:</b> laid over the background, rounded once; so are transparent colours of PNG and GIF. Hidden colour
 *       is gone.
 *   <li><b>Orientation:</b> that of EXIF is applied, and that of a TIFF, the first if there are several; damaged EXIF
 *       leaves the picture as stored.
 *   <li><b>Colour profiles and gamma:</b> ignored; values are taken as sRGB. A wrong profile is no fault.
 *   <li><b>Depth:</b> samples of 1, 2, 4 and 16 bits, and of 5 and 6 in a BMP, are scaled to 0..255, rounded: 255 v /
 *       (2^bits - 1). JPEGs of 12 bits, and JPEGs whose height comes in a DNL segment behind the first scan, are
 *       refused.
 *   <li><b>Grey and colour:</b> colour becomes grey by BT.601 luma, rounded; grey becomes colour three times the same.
 *   <li><b>Components of a JPEG:</b> one is grey. Three are YCbCr with a JFIF marker, else what Adobe's marker says,
 *       else RGB if their ids are R, G, B and none is subsampled, else YCbCr. Four are light under Adobe's marker, as
 *       CMYK or YCCK, else amounts of ink; red is then red times black, and so on. So are the inks of a TIFF.
 *   <li><b>Frames:</b> of an animated PNG the default image is taken, of a GIF and a WebP the first frame, on its
 *       canvas, of a TIFF the first page. An interlaced picture is like any other.
 *   <li><b>Kind:</b> JPEGs are baseline, extended or progressive with Huffman codes; PNGs have no unknown critical
 *       chunk; TIFFs are no BigTIFFs.
 *   <li><b>Cost:</b> counts of work are limited, never time ({@link dev.levitstream.picture.PictureLimits}), so that a
 *       replay refuses what the first run refused; and no scan may repeat what has come. Metadata is skipped, never
 *       unpacked.
 * </ul>
 *
 * <p>Why no reader sees the file itself: they apply profiles to some formats, decide on colours by rules of their own,
 * ignore checksums and the end of data, believe any header, and read metadata at any cost. Why these readers: the JDK's
 * for JPEG does all that is needed at the speed of libjpeg; its own for TIFF is twice as fast in LZW but fills cut
 * strips up in silence, where TwelveMonkeys' says so. What TwelveMonkeys' for WebP makes of lossy pictures is not that
 * of libwebp to the last level: chroma is not interpolated.
 */
@NullMarked
package dev.levitstream.picture;

import org.jspecify.annotations.NullMarked;
