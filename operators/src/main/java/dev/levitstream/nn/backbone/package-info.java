/**
 * Frozen networks that were trained elsewhere and come as a file: {@link dev.levitstream.nn.backbone.Backbone} makes
 * features or tokens of images, and {@link dev.levitstream.nn.backbone.Embedding} hands them on as learners are given
 * them, before anybody knows which learner that is.
 *
 * <p>Two forms. A TorchScript file is opaque: whatever PyTorch can export serves, and brings its own code. A
 * safetensors file has weights alone, those of {@link dev.levitstream.nn.model.PretrainedVit}, whose code is ours:
 * methods that reach inside (prefixes, gradients) need that, and no file can bring code.
 *
 * <p>Why image by image: libraries round an image otherwise among sixteen others than alone. Blocks are taken only
 * where a trial at opening has shown that no bit differs ({@link dev.levitstream.nn.engine.BatchInvarianceCheck}).
 *
 * <p>Letters beside those of the package {@code nn}: D width of the features, T tokens of an image. Networks take (B,
 * C, H, W), as PyTorch has it.
 */
@NullMarked
package dev.levitstream.nn.backbone;

import org.jspecify.annotations.NullMarked;
