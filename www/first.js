/*
 * Runs before the page's own scripts, in whatever browser opens the page, and says in words when they cannot
 * start: the browser is too old to read them, or one of them did not arrive. Not bundled: it has to be plain.
 */
(function () {
  'use strict';
  var current = 'Open it in a current Chrome, Edge, Firefox or Safari.';

  /** @param {string} message @param {string} advice */
  function say(message, advice) {
    var show = function () {
      var notice = document.getElementById('notice');
      var state = document.querySelector('#state span:last-child');
      if (!notice || !state || window.lab) return;
      state.textContent = 'The page did not start';
      notice.textContent = message + ' ' + advice;
      notice.hidden = false;
    };
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', show);
    else show();
  }

  if (!('noModule' in document.createElement('script')))
    say('This browser is too old for the page: it does not know JavaScript modules.', current);

  window.addEventListener(
    'error',
    function (event) {
      var target = event.target;
      if (target instanceof HTMLScriptElement)
        say('A part of the page could not be loaded.', 'Check the connection and reload the page.');
      else if (target === window) say('The page’s scripts did not start: ' + event.message + '.', current);
    },
    true,
  );
})();
