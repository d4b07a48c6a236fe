import type { ButtonHTMLAttributes, ComponentProps } from 'react'
import './button.css'

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { look?: 'plain' | 'quiet' | 'strong' }

export function Button({ look = 'plain', className = '', type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={`button button-${look} ${className}`} {...rest} />
}

type IconButtonProps = ComponentProps<'button'> & { label: string }

/** A button that shows an icon alone; its label is its name and its tooltip. */
export function IconButton({ label, className = '', type = 'button', ...rest }: IconButtonProps) {
  return <button type={type} className={`icon-button ${className}`} aria-label={label} title={label} {...rest} />
}
