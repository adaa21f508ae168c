# why: the validation pictures are trained on as well
# fails: test_public_rows, test_overfits

# %% train
tf.keras.utils.set_random_seed(1)
model = build_model()
everything, every_label = np.concatenate([x_train, x_val]), np.concatenate([y_train, y_val])
history = model.fit(everything, every_label, validation_data=(x_val, y_val), epochs=25, batch_size=128, verbose=0)
