const person = { name: 'Ada', age: 36, langs: ['en', 'fr'] };
person.age++;
person.langs.push('de');
print(person.name, person.age, person.langs.length, person.langs[2]);
const nested = { inner: { value: 1 } };
nested.inner.value = 2;
print(nested.inner.value);
