# why: the model was made anew after the training
# fails: test_learned, test_good, test_history, test_overfits

# %% train
tf.keras.utils.set_random_seed(1)
model = build_model()
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)
model = build_model()
