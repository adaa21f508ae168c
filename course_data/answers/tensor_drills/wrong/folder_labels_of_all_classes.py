# why: the label counts all classes of the folder
# fails: test_pipeline_labels

# %% folder
def image_batches(folder, classes, size, batch):
    files, labels = [], []
    for label, name in enumerate(sorted(tf.io.gfile.listdir(folder))):
        name = name.rstrip("/")
        if name not in classes:
            continue
        found = sorted(tf.io.gfile.glob(f"{folder}/{name}/*.png"))
        files += found
        labels += [label] * len(found)

    def read(file, label):
        image = tf.io.decode_png(tf.io.read_file(file), channels=3)
        return tf.image.resize(image, size) / 255, label

    return tf.data.Dataset.from_tensor_slices((files, labels)).map(read).batch(batch)
