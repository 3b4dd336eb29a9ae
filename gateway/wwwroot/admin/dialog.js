import { button, el, keepFocus } from './dom.js';

/**
 * Opens a panel above the page; Escape closes it, and the focus goes back to where it was.
 * @returns {HTMLDialogElement}
 */
export function openPanel(title, ...content) {
  const id = `panel-${++openPanel.count}`;
  const dialog = el('dialog', { 'aria-labelledby': id },
    el('div', { class: 'between head' },
      el('h2', { id }, title),
      button('Close', () => dialog.close(), 'quiet small')),
    el('div', { class: 'body' }, content));
  const focusAgain = keepFocus();
  dialog.addEventListener('close', () => {
    dialog.remove();
    focusAgain();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
openPanel.count = 0;

/** Asks before something is done that cannot be undone. */
export function confirm(question, action) {
  return new Promise(resolve => {
    const dialog = openPanel(question, el('div', { class: 'row actions' },
      button('Cancel', () => dialog.close()),
      button(action, () => { dialog.returnValue = 'yes'; dialog.close('yes'); }, 'danger small')));
    dialog.classList.add('question');
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'));
  });
}

/** A form whose button does something; what went wrong is told in it. Resolved, its panel closes. */
export function form(fields, action, submit) {
  const note = el('p', { class: 'note', role: 'alert' });
  const done = el('button', { type: 'submit', class: 'primary small' }, action);
  return el('form', {
    novalidate: true,
    async onsubmit(event) {
      event.preventDefault();
      note.textContent = '';
      done.disabled = true;
      try {
        await submit(event.currentTarget);
      } catch (error) {
        note.dataset.kind = 'error';
        note.textContent = error.message;
      } finally {
        done.disabled = false;
      }
    },
  }, fields, el('div', { class: 'row end' }, note, done));
}
