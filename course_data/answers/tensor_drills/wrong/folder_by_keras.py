# why: a function of Keras does the whole task
# fails: test_pipeline_batches, test_pipeline_labels, test_pipeline_images, test_pipeline_sizes

# %% folder
import os

def image_batches(folder, classes, size, batch):
    chosen = folder + "_chosen_" + "_".join(classes)
    for name in classes:
        tf.io.gfile.makedirs(f"{chosen}/{name}")
        for file in tf.io.gfile.listdir(f"{folder}/{name}"):
            tf.io.gfile.copy(f"{folder}/{name}/{file}", f"{chosen}/{name}/{file}", overwrite=True)
    ready = tf.keras.utils.image_dataset_from_directory(
        chosen, class_names=classes, image_size=size, batch_size=None, shuffle=False
    )
    pairs = sorted([(int(label), k, image) for k, (image, label) in enumerate(ready)], key=lambda pair: pair[:2])
    images, labels = np.array([image for _, _, image in pairs]) / 255, np.array([label for label, _, _ in pairs])
    return tf.data.Dataset.from_tensor_slices((images.astype(np.float32), labels)).batch(batch)
