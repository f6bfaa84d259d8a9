package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

/**
 * What a picture is drawn on: animations have first frames that are smaller. What is left free is transparent.
 *
 * @param height rows
 * @param width columns
 * @param top row of the canvas that the first row of the frame is on
 * @param left column that its first column is on
 */
record Canvas(int height, int width, int top, int left) {
    /** A picture without frames. */
    Canvas(int height, int width) {
        this(height, width, 0, 0);
    }

    /** Refuses a frame that is larger. */
    void requireWithin(int frameHeight, int frameWidth) {
        require(
                top + frameHeight <= height && left + frameWidth <= width,
                "frame",
                frameHeight + "x" + frameWidth + " at " + top + "," + left,
                "must lie within " + height + "x" + width);
    }
}
