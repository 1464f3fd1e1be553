print('a\tb', "quote's", 'dou"ble', `back\`tick`, 'line\\n', '\x41\u0042\u{43}');
