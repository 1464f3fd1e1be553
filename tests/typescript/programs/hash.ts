let hash = 0;
const text = 'the quick brown fox';
for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
print(hash, hash >>> 0);
