# why: the same network once more, from other weights and for longer
# fails: test_cure, test_gap_closed, test_loss_lower

# %% cure
tf.keras.utils.set_random_seed(7)
model_cured = build_model()
model_cured.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=128, verbose=0)
