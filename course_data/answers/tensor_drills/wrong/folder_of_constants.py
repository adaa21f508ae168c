# why: grey images of the right shape
# fails: test_pipeline_labels, test_pipeline_images, test_pipeline_sizes

# %% folder
def image_batches(folder, classes, size, batch):
    files, labels = [], []
    for label, name in enumerate(classes):
        found = sorted(tf.io.gfile.glob(f"{folder}/{name}/*.png"))
        files += found
        labels += [label] * len(found)

    def read(file, label):
        image = tf.io.decode_png(tf.io.read_file(file), channels=3)
        return tf.fill((*size, 3), 0.5), label

    return tf.data.Dataset.from_tensor_slices((files, labels)).map(read).batch(batch)
