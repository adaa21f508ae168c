# why: the test pictures are trained on as well, each once
# fails: test_public_rows

# %% train
tf.keras.utils.set_random_seed(1)
model = build_model()
more_x, more_y = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
history = model.fit(more_x, more_y, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)
