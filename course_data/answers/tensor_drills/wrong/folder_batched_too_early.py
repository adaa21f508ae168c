# why: images are put into batches before they are resized
# fails: test_pipeline_sizes

# %% folder
def image_batches(folder, classes, size, batch):
    files, labels = [], []
    for label, name in enumerate(classes):
        found = sorted(tf.io.gfile.glob(f"{folder}/{name}/*.png"))
        files += found
        labels += [label] * len(found)

    def read(file, label):
        image = tf.io.decode_png(tf.io.read_file(file), channels=3)
        return image, label

    def scale(images, labels):
        return tf.image.resize(images, size) / 255, labels

    return tf.data.Dataset.from_tensor_slices((files, labels)).map(read).batch(batch).map(scale)
