package dev.levitstream.data;

import java.util.List;

/**
 * A part of a stream in which the world stays as it is.
 *
 * @param name what it shows
 * @param samples its images in order
 */
public record Phase(String name, List<Sample> samples) {}
