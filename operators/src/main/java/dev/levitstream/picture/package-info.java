/**
 * Pictures, exact or refused: a PNG or JPEG becomes the H W C bytes of an image, or a
 * {@link dev.levitstream.picture.PictureException} says why not. Nothing is guessed, repaired or filled up.
 *
 * <p>A picture is first walked ({@link dev.levitstream.picture.JpegStructure},
 * {@link dev.levitstream.picture.PngStructure}), which checks it and leaves what its samples need; then a reader of the
 * JDK decodes those samples and nothing else ({@link dev.levitstream.picture.StrictReader}); then come colour, depth
 * and orientation, in whole numbers. The rules, one for PNG and JPEG where both have the thing:
 *
 * <ul>
 *   <li><b>Format:</b> the first bytes decide; a PNG in a record that says JPEG, or the reverse, is refused.
 *   <li><b>Size:</b> the record declares rows and columns of the image as it is learnt: of the upright picture.
 *   <li><b>Damage:</b> a warning of the decoder, a wrong checksum (chunks and data of a PNG), data that is missing or
 *       left over, a cut segment or chunk, an index outside the palette: refused. A JPEG has no checksum, so a changed
 *       byte in its scans may go unnoticed.
 *   <li><b>End:</b> a JPEG without its EOI marker is decoded if all pixels are there. They are, if every coefficient of
 *       every component has come to its last bit, and the decoder never asked for a bit that was missing. A PNG must
 *       have its IEND. Bytes behind EOI or IEND, a second picture too, are ignored.
 *   <li><b>Alpha:</b> laid over black (0), rounded once; so are the transparent colours of tRNS. Hidden colour is gone.
 *   <li><b>Orientation:</b> EXIF's is applied, the first if there are several; damaged EXIF leaves the picture as
 *       stored.
 *   <li><b>Colour profiles and gamma:</b> ignored; values are taken as sRGB. A wrong profile is no fault.
 *   <li><b>Depth:</b> samples of 1, 2, 4 and 16 bits are scaled to 0..255, rounded: 255 v / (2^bits - 1). JPEGs of 12
 *       bits, and JPEGs whose height comes in a DNL segment behind the first scan, are refused.
 *   <li><b>Grey and colour:</b> colour becomes grey by BT.601 luma, rounded; grey becomes colour three times the same.
 *   <li><b>Components of a JPEG:</b> one is grey. Three are YCbCr with a JFIF marker, else what Adobe's marker says,
 *       else RGB if their ids are R, G, B and none is subsampled, else YCbCr. Four are light under Adobe's marker, as
 *       CMYK or YCCK, else amounts of ink; red is then red times black, and so on.
 *   <li><b>Frames:</b> an interlaced PNG is like any other; of an animated one the default image is taken.
 *   <li><b>Kind:</b> JPEGs are baseline, extended or progressive with Huffman codes; PNGs have no unknown critical
 *       chunk.
 *   <li><b>Cost:</b> pixels, segments, scans and compressed bytes are limited
 *       ({@link dev.levitstream.picture.PictureLimits}), and no scan may repeat what has come. Metadata is skipped,
 *       never unpacked.
 * </ul>
 *
 * <p>Why the reader never sees the file itself: it applies profiles to JPEG but not to PNG, decides on colours by rules
 * of its own, ignores checksums and the end of data, and reads metadata at any cost.
 */
@NullMarked
package dev.levitstream.picture;

import org.jspecify.annotations.NullMarked;
