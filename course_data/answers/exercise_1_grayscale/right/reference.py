# why: the reference solution, nothing changed
