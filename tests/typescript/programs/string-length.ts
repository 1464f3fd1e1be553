print(''.length, 'abc'.length, 'ä'.length, '€'.length, '😀'.length, 'a😀b'.length, '\u0000'.length);
