/**
 * Networks of one component, as pure functions of a flat parameter vector: nothing here remembers a call.
 *
 * <p>Letters in shape comments: B images of a batch, H x W x C rows, columns and channels of an image, P patch side, N
 * patches, Q embedding width, h heads, A = h N Q width of the attended tokens, F feature width, J frozen components, L
 * classes, d latent width, D = H W C pixels. Images are (B, H, W, C) float32 in [0, 1]; every array is row-major
 * float32.
 *
 * <table>
 * <caption>Equations of LEViT (Ye and Bors, Pattern Recognition 111730) and their files</caption>
 * <tr><th>equation</th><th>what</th><th>where</th></tr>
 * <tr><td>(1) to (5)</td><td>patches, tokens, attention, MLP, classifier</td><td>{@link dev.levitstream.nn.model.VisionTransformer}</td></tr>
 * <tr><td>(7) to (9)</td><td>gates and fused knowledge</td><td>{@link dev.levitstream.nn.model.KnowledgeFusion}</td></tr>
 * <tr><td>ELBO</td><td>VAE loss in its two parts</td><td>{@link dev.levitstream.nn.model.Vae}</td></tr>
 * <tr><td>loss of component K</td><td>cross entropy + VAE loss</td><td>{@link dev.levitstream.nn.model.ComponentNetwork}</td></tr>
 * </table>
 *
 * <p>Why one flat vector per component: one array to copy, to update and to store, whatever the network looks like.
 *
 * <p>Why networks are written over {@link dev.levitstream.nn.XXX.Array}: what a user should read once, the engine should
 * read once, too. {@link dev.levitstream.nn.XXX.ArrayProgram} computes array by array through the engine's ordinary
 * interface and is the oracle. {@link dev.levitstream.nn.XXX.ScriptProgram} has the same lines recorded as TorchScript, by
 * {@link dev.levitstream.nn.XXX.Script}, and runs them in one call, gradient included; loss and gradient agree to 1e-6 (a
 * test over all paths and 20 seeds), and both to an implementation that shares no line with either. The executor's
 * optimiser stays off: it measures its first calls and then changes the last bits, so that a restored learner would
 * differ from one that was never interrupted.
 *
 * <p>What the scripts do otherwise: a bias joins its product, transposed convolution is the engine's own, which DJL
 * does not offer, and {@link dev.levitstream.nn.XXX.Tape} writes the backward lines itself. The engine's own backward pass
 * cannot go through oneDNN's matrix products ({@link dev.levitstream.nn.XXX.Products}), which take half the time of the
 * default library's on processors of another maker than that library's; and its books cost a quarter of an update of
 * ten images. Training computes no keys ({@link dev.levitstream.nn.XXX.FoldedAttention}): a tenth of an update of 64
 * images. With ten, to fold the weights takes longer than it saves, so answers and small mini-batches do without
 * ({@link dev.levitstream.nn.XXX.HeadAttention}). Either way products go head by head where values lie head by head; the
 * engine's one operation for attention has a backward pass that took longer. What a script knows of its arrays while it
 * is written ({@link dev.levitstream.nn.XXX.Sizes}, {@link dev.levitstream.nn.XXX.MemoryOrder}) leaves a quarter of its lines
 * out: each costs about a microsecond, whatever it does. Weights that narrow lie column by column
 * ({@link dev.levitstream.nn.model.Layers}): a twentieth of an update, against a twentieth of an answer.
 *
 * <p>On a CPU the components of a fleet are updated one by one, each in cache; all of them in one step
 * ({@link dev.levitstream.nn.XXX.FleetArray}, with the engine's backward pass) is for a GPU. There parameters and moments
 * are stacked for the step and copied back, so that each learner stays the owner of its arrays.
 *
 * <p>Why the optimizer is in the script, too ({@link dev.levitstream.nn.XXX.FusedAdam}): a loop in Java has the wider
 * instructions and takes 0.17 instead of 0.39 ms for a million parameters in cache, but the gradient on its way to Java
 * and the parameters on theirs back made it 1.1 instead of 0.8 ms. It also leaves parameters and moments on a GPU.
 *
 * <p>Why images are answered in blocks and each is still a function of itself alone: a product of one row reads every
 * weight for one image, which took three times as long. Ten rows in one product are summed in the same order, each by
 * itself. What does depend on an image's place are the last few values of an array in operations like tanh, which the
 * engine computes by other instructions than the rest and rounds otherwise; so those are padded. And since no document
 * promises any of this, {@link dev.levitstream.nn.XXX.Steadiness} tries a script before it is used, with every image in
 * every place and in other company; if one bit differs, that script goes image by image.
 *
 * <p>Why no {@code Number} overloads of array operators and no constant closed before its step ends: on the CPU engine
 * such a scalar lives in a Java buffer that a garbage collection may free between forward and backward, which silently
 * corrupts the gradient. Constants come from {@link dev.levitstream.nn.engine.Tensors#constant} and live as long as the step.
 * A test forbids the overloads. (In a script a constant is part of the text.)
 *
 * <p>Why attention stays inside one image (ambiguity A5): the sibling code of the authors lets all patches of a batch
 * attend to each other, so that an answer depends on its batch mates. Here no bit of it does.
 *
 * <p>Why fusion of features is the default (ambiguity A2), and what it is worth. Split MNIST, 1,000 images per task,
 * told of the changes, 5 seeds, paired t-test. If every image found its component, learnt gates gave 97.48 %, equal
 * gates 97.32 % (p = 0.57), no fusion 96.72 % (p = 0.003): that frozen knowledge helps is reproduced, that the gates
 * must be learnt is not. Routed per image by the router {@code product} 96.64, 96.56 and 96.56 % (p = 0.18 for both):
 * what fusion adds is then hardly seen. That a ViT beats a fully connected net of more parameters is refuted for
 * digits: the net reached 98.28 % (p = 0.02), routed per image 97.00 % (p = 0.009). Split Fashion-MNIST in the same
 * setting: no difference but for the net (99.56 against 98.88 %, p = 0.02). Split CIFAR-10, 300 images per task: learnt
 * gates 62.67 %, equal gates 63.07 % (p = 0.62), no fusion 54.27 % (p = 0.011), the net 64.13 % (p = 0.28); routed per
 * image all are between 29.1 and 29.7 %.
 *
 * <p>What else was tried on the same stream with 2 seeds, as accuracy per image and if every image found its component;
 * the defaults have 96.6 and 97.3 %. Fusion of attention instead of features: 96.5, 97.2 %. An MLP of 200 instead of
 * 100 (A9): 96.5, 97.0 %. A patch embedding shared by all components (A7): 96.3, 96.0 %, more than a point lost where
 * the component decides, so each has its own. Adam's first decay 0.9 instead of 0.5 (A3): 96.5, 95.9 %. Gates learnt at
 * 1e-4 instead of 1e-2 (A13): 96.7, 97.0 %, and they stay within 0.01 of where they start, while at 1e-2 they move by
 * up to 0.12; so they have a rate of their own.
 *
 * <p>With 600 images per task (2 seeds), accuracy per image and if every image found its component. Updates per batch
 * 1, 2, 4, 8 (A6): 96.1, 95.9, 96.1, 95.8 and 93.3, 96.3, 96.8, 96.7 %; two do most of it. A classifier of all ten
 * classes instead of those seen (A16): 96.0 and 96.5 %, no difference; the one that grows needs no number of classes.
 * KL weight 0.5 instead of 1 (A3): the same to the digit, since classifier and router do not see the VAE.
 */
@NullMarked
package dev.levitstream.nn;

import org.jspecify.annotations.NullMarked;
