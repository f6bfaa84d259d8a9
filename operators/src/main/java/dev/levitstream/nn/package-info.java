/**
 * Networks of one component, as pure functions of a flat parameter vector: nothing here remembers a call.
 *
 * <p>Three packages, each of which knows only those after it: {@code nn.model} has the networks, written over the
 * arrays of {@code nn.graph}, which records what they do, differentiates it and prints it as TorchScript;
 * {@code nn.engine} compiles and runs that, and owns native memory.
 *
 * <p>Letters in shape comments: B images of a batch, H x W x C rows, columns and channels of an image, P patch side, N
 * patches, Q embedding width, h heads, A = h N Q width of the attended tokens, F feature width, J frozen components, L
 * classes, d latent width, D = H W C pixels. Images are (B, H, W, C) float32 in [0, 1]; every array is float32.
 *
 * <table>
 * <caption>Equations of LEViT (Ye and Bors, Pattern Recognition 111730) and their files</caption>
 * <tr><th>equation</th><th>what</th><th>where</th></tr>
 * <tr><td>(1) to (5)</td><td>patches, tokens, attention, MLP, classifier</td><td>{@link dev.levitstream.nn.model.VisionTransformer}</td></tr>
 * <tr><td>(7) to (9)</td><td>gates and fused knowledge</td><td>{@link dev.levitstream.nn.model.KnowledgeFusion}</td></tr>
 * <tr><td>ELBO</td><td>VAE loss in its two parts</td><td>{@link dev.levitstream.nn.model.Vae}</td></tr>
 * <tr><td>loss of component K</td><td>cross entropy + VAE loss</td><td>{@link dev.levitstream.nn.model.ComponentNetwork}</td></tr>
 * </table>
 */
@NullMarked
package dev.levitstream.nn;

import org.jspecify.annotations.NullMarked;
