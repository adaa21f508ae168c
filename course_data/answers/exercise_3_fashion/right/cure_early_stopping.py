# why: early stopping with the best weights restored, the callback alone and not in a list

# %% cure
tf.keras.utils.set_random_seed(2)
layers = tf.keras.layers
model_cured = build_model()
model_cured.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=128, verbose=0, callbacks=tf.keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True))
