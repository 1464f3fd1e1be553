print('a' < 'b', 'a' < 'B', 'abc' < 'abd', 'ab' < 'abc', '' < 'a', '10' < '9', 'ä' > 'z', 'a' <= 'a');
print('😀' < '\uffee', '😀' > 'z', '\ue000' > '😀', 'x😀' < 'x\uff00');
