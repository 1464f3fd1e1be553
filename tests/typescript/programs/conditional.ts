for (let i = 0; i < 4; i++) print(i === 0 ? 'zero' : i === 1 ? 'one' : i < 3 ? 'few' : 'many');
