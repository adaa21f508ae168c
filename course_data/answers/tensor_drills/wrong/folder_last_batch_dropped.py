# why: the last batch is dropped where it is not full
# fails: test_pipeline_batches

# %% folder
def image_batches(folder, classes, size, batch):
    files, labels = [], []
    for label, name in enumerate(classes):
        found = sorted(tf.io.gfile.glob(f"{folder}/{name}/*.png"))
        files += found
        labels += [label] * len(found)

    def read(file, label):
        image = tf.io.decode_png(tf.io.read_file(file), channels=3)
        return tf.image.resize(image, size) / 255, label

    return tf.data.Dataset.from_tensor_slices((files, labels)).map(read).batch(batch, drop_remainder=True)
