# why: the history of another training
# fails: test_history

# %% train
tf.keras.utils.set_random_seed(1)
model = build_model()
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0)
tf.keras.utils.set_random_seed(5)
other = build_model()
history = other.fit(x_train[:400], y_train[:400], validation_data=(x_val, y_val), epochs=16, batch_size=10, verbose=0)
