# why: the reference solution, as it stands
