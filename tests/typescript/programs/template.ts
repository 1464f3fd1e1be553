const name = 'world';
print(`hello ${name}!`, `${1}${2}`, ``, `a${''}b`, `${`inner ${name}`} outer`);
