const texts = ['', 'a', 'Z', 'Hello, World 123!', '[\\]^_`{|}~@'];
for (const text of texts) print(text.toUpperCase(), text.toLowerCase());
