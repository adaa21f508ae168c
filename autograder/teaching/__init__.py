"""What an instructor does with a class: release, grade, give feedback, calibrate, try out."""
