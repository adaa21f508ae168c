# why: the model was replaced by a function after the training
# fails: test_learned, test_good, test_history, test_overfits, test_public_rows

# %% train
tf.keras.utils.set_random_seed(1)
model = build_model()
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)
model = lambda x, training=None: tf.one_hot(tf.zeros(len(x), tf.int32), 10)
