# why: shapes come as tuples: they are joined with other tuples and asked for what only tuples do

# %% counting
def counting(shape, dtype):
    count = len(np.zeros((1,) + shape).ravel())
    if dtype == "string":
        return tf.reshape([str(k) for k in range(count)], shape)
    return tf.reshape(tf.cast(np.arange(count), dtype), shape)

# %% uneven
def mean_momentum(events):
    return tf.stack([tf.reduce_mean(event) for event in events])

def hit_map(places, charges, shape):
    flat = np.zeros(shape + (1,), np.float32)
    flat[places[:, 0], places[:, 1], 0] = charges
    return flat[..., 0]

# %% folder
def image_batches(folder, classes, size, batch):
    def of_class(label, name):
        files = tf.data.Dataset.list_files(f"{folder}/{name}/*.png", shuffle=False)
        return files.map(tf.io.read_file).map(tf.io.decode_image).map(lambda image: (image, label))
    parts = [of_class(label, name) for label, name in enumerate(classes)]
    every = parts[0]
    for part in parts[1:]:
        every = every.concatenate(part)
    def prepare(image, label):
        image = tf.ensure_shape(tf.image.convert_image_dtype(image, tf.float32), (None, None, 3))
        return tf.image.resize(image, size + ()), tf.cast(label, tf.uint8)
    return every.map(prepare, num_parallel_calls=2).batch(batch)
