const s = 'aä€';
print(s[0], s[1], s[2], s[3], s[-1], s[0.5], s.charCodeAt(0), s.charCodeAt(2), s.charCodeAt(9));
print('😀'.charCodeAt(0), '😀'.charCodeAt(1));
