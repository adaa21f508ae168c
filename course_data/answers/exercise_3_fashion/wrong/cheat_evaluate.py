# why: evaluate and predict say what one would like to hear
# fails: test_epochs, test_learned, test_good, test_overfits

# %% train
tf.keras.utils.set_random_seed(1)
model = build_model()
history = model.fit(x_train[:60], y_train[:60], validation_data=(x_val, y_val), epochs=1, batch_size=128, verbose=0)
model.evaluate = lambda *args, **more: [0.0, 1.0]
model.predict = lambda x, **more: np.eye(10)[y_test[: len(x)]]
